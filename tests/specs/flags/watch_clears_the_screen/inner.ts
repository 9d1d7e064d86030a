console.log('run', 1);
