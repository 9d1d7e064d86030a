console.log('bom' as string);
