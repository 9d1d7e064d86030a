console.log('before');
const reason: string = 'boom';
throw new Error(reason);
