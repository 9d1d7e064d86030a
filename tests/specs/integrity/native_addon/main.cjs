require('npm:native@1');
