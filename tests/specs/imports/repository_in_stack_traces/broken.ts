import 'github:acme/boom/src/broken.ts@v1';
