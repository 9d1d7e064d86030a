console.log('resumed');
