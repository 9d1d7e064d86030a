// A provider that nobody vouches for: what it may do is what it was granted.
//   examples/untrusted-provider/make-repository.sh
//   prizm run -A examples/untrusted-provider/main.ts git+file:///tmp/greeter@v1.0.0
import { getProvider } from 'prizm';

const [identifier] = process.argv.slice(2);
if (identifier === undefined) {
  console.error('usage: prizm run -A examples/untrusted-provider/main.ts <identifier>');
  process.exit(2);
}

const provider: any = await getProvider(identifier);
console.log(await provider.greet());

// The script may do everything here, and the provider may still not.
for (const attempt of ['readPasswords', 'listEnvironment', 'phoneHome', 'runProgram']) {
  try {
    console.log(`${attempt}:`, await provider[attempt]());
  } catch (error: any) {
    console.log(`${attempt}: refused (${error.name})`);
  }
}
