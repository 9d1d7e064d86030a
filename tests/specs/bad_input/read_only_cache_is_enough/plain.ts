console.log('plain' as string);
