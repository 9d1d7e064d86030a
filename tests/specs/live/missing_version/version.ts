import 'npm:zod@3.999.0';
