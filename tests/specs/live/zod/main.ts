import { z } from 'npm:zod@3';
import { z as z4 } from 'npm:zod@4';
const check = (result: { success: boolean; error?: { issues: { code: string }[] } }) => result.error!.issues[0].code;
console.log(1, check(z.object({ name: z.string() }).safeParse({ name: 1 })));
console.log(2, check(z4.object({ name: z4.string() }).safeParse({ name: 1 })));
