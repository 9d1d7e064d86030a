console.log('ts' as string);
