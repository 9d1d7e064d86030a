console.log('out');
