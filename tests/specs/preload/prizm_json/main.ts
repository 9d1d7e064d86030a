await (await fetch('{{http}}/echo')).body?.cancel();
console.log('done');
