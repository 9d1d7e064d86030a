import '{{http}}/lib.ts';
