import '{{http}}/absent.ts';
