import '{{https}}/lib.ts';
