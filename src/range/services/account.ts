import { fault, type OperationTable, optionalText, text } from '../operation.ts';

/** Account Management: whom AWS writes to about an account. https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html */
export const account: OperationTable = {
  'account:GetAlternateContact': {
    source: 'account.amazonaws.com',
    event: 'GetAlternateContact',
    readOnly: true,
    global: true,
    run: (context) => {
      const { state } = context;
      const { management } = state.organisation;
      const kind = text(context, 'AlternateContactType');
      if (!['BILLING', 'OPERATIONS', 'SECURITY'].includes(kind)) throw fault(context, 'ValidationException', 'There is no such type.');
      const asked = optionalText(context, 'AccountId');
      // The management account asks for itself without naming itself, and nobody else asks for others.
      if (asked !== null && (context.account.id !== management || asked === management || state.accounts[asked] === undefined))
        throw fault(context, 'AccessDeniedException', 'You may not ask for the contacts of this account.');
      const { contacts = {} } = (asked === null ? undefined : state.accounts[asked]) ?? context.account;
      const contact = Object.hasOwn(contacts, kind) ? contacts[kind] : undefined;
      if (contact === undefined)
        throw fault(context, 'ResourceNotFoundException', 'No contact of the inputted alternate contact type found.');
      return { AlternateContact: { AlternateContactType: kind, ...contact } };
    },
  },
};
