import { textAt, valueAt } from '../../lib/json-at.ts';
import { CloudError } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { tagsOf } from './answer.ts';
import type { Read, Reading } from './reading.ts';

const contact = 'account:GetAlternateContact';
const organization = 'organizations:DescribeOrganization';
const describe = 'organizations:DescribeAccount';
const tagging = 'organizations:ListTagsForResource';

export const contactReads: readonly string[] = [contact, organization, describe, tagging];

/**
 * Who answers for an account, by what AWS knows: its security and operations contact, the address that it was opened with, and the tags that its
 * organisation gave it. Names and addresses only, since these are people. The organisation's view is asked first: the management account, and the one of the
 * credentials, which may be a delegated administrator. Null where there is none; failed where nobody may say.
 * https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
 */
export async function contactsOf(
  reading: Reading,
): Promise<{ readonly securityContact: Read; readonly operationsContact: Read; readonly accountEmail: Read; readonly tags: Read }> {
  const { account } = reading;
  const organisation = await reading.property(organization, {}, (answer) => textAt(answer, 'Organization', 'MasterAccountId'));
  const management = 'value' in organisation && typeof organisation.value === 'string' ? organisation.value : null;
  // Nobody asks for the management account but itself, and it does so without its id.
  const over = management === account ? [] : [...new Set([management, await reading.home()])].filter((id) => id !== null && id !== account);

  const ask = async (action: string, asked: JsonObject, itself: JsonObject, of: (answer: Json) => Json): Promise<Read> => {
    for (const from of [...over, account]) {
      try {
        const input = from === account ? itself : asked;
        return { value: of(await (from === account ? reading.call(action, input) : reading.callIn(from ?? '', action, input))) };
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        // There is none, says who may know.
        if (error.code === 'ResourceNotFoundException') return { value: null };
        // What is in no organisation has no address and no tags there.
        if (from === account && error.code === 'AWSOrganizationsNotInUseException') return { value: null };
      }
    }
    return { failed: action };
  };
  const alternate = (AlternateContactType: string) =>
    ask(contact, { AccountId: account, AlternateContactType }, { AlternateContactType }, (answer) => {
      const found = valueAt(answer, 'AlternateContact');
      const email = textAt(found, 'EmailAddress');
      return email === null ? null : { name: textAt(found, 'Name') ?? '', email };
    });
  const named = { AccountId: account };
  const [securityContact, operationsContact, accountEmail, tags] = await Promise.all([
    alternate('SECURITY'),
    alternate('OPERATIONS'),
    ask(describe, named, named, (answer) => textAt(answer, 'Account', 'Email')),
    ask(tagging, { ResourceId: account }, { ResourceId: account }, (answer) => tagsOf(answer)),
  ]);
  return { securityContact, operationsContact, accountEmail, tags };
}
