import * as part from "ext:prizm/isolate/membrane.ts";
console.log(part);
