import 'npm:top@1';
