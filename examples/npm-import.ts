// A package from npm, named where it is used: no package.json and no install step.
import { z } from 'npm:zod@3';

const Job = z.object({
  model: z.string().min(1),
  seconds: z.coerce.number().positive().max(60),
});

console.log(Job.parse({ model: 'voice', seconds: '12' }));

const refused = Job.safeParse({ model: '', seconds: 90 });
for (const { path, message } of refused.error?.issues ?? []) console.log(`${path.join('.')}: ${message}`);
