await import('{{http}}/none.ts');
