console.log(require('npm:cjs-plain@1').double(1));
