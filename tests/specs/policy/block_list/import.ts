import 'github:acme/echo@v1.0.0';
