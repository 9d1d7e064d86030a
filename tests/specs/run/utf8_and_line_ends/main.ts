console.log('ünï ✓ 🎵' as string);
type T = 1;
throw new Error('é');
