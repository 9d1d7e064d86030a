import { say, core } from 'github:acme/mono/packages/app@v1';
import { core as own } from 'github:acme/mono/packages/core/src/index.ts@v1';
console.log(say());
console.log('same core:', core === own);
