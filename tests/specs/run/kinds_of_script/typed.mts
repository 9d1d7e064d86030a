console.log('mts' satisfies string);
