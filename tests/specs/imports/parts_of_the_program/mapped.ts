import * as part from "inner";
console.log(part);
