import { version } from 'versioned';
import { describe } from '@acme/tool';
import { sub } from 'versioned/sub.js';
console.log(version, describe(), sub);
