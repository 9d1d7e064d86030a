import 'npm:bomb@1';
