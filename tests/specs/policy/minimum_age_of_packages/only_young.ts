import 'npm:newborn@*';
