console.log('connected');
