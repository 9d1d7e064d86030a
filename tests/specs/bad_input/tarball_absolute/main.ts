import 'npm:evil@1';
