console.log('looping');
while (true);
