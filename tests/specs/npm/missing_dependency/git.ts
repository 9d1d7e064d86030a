import 'npm:from-git@1';
