import 'github:acme/x@v1';
