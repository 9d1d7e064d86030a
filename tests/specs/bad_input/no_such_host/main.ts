import 'https://no-such-host.invalid/lib.ts';
