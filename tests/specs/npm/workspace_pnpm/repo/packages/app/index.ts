import { core } from '@acme/core';
import { add } from '@acme/core/math';
import { kit } from 'kit';
import { double } from 'cjs-plain';
import { double as same } from 'plain-alias';

export { core };
export const say = () => `${core.name} ${add(1, 2)} ${kit} ${double(same(2))}`;
