import 'npm:page@1';
