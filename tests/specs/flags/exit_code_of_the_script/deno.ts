Deno.exitCode = 5;
