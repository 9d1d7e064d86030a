import { same, version } from 'host';
import { peer, optional } from 'lonely';
console.log(same, version);
console.log(peer, optional);
