import 'npm:cjs-plain@1';
