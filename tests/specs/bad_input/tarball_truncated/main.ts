import 'npm:cut@1';
