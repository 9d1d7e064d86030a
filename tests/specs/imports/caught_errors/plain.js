console.log(await import('{{http}}/none.ts').catch((error) => error.message));
