import { config } from '#config';
import { tool } from '@tools/tool';
import { where } from '@many/place';
console.log(config, tool, where);
