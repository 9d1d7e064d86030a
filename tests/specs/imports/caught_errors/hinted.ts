await import('github:acme/nothing@v1');
