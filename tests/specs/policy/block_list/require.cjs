require('npm:cjs-plain@1');
