import 'npm:old';
