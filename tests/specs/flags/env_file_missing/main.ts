console.log('reached');
