import { core } from '@acme/core';
import { kit } from '@acme/kit';
import { double } from 'cjs-plain';

export const said = `${core} ${kit} ${double(2)}`;
