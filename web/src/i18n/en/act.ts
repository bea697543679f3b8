// What an act of the ledger says, after the name of the person who did it.
export default {
  system: 'System',
  consult_request: 'sent the request', consult_first_look: 'took it up', consult_return_items: 'returned it and asks for:', consult_return: 'returned it and asks for:', consult_resubmit: 'completed and resubmitted it', consult_decline: 'declined it',
  consult_transfer: 'transferred it to another centre', consult_escalate: 'escalated it', consult_convert: 'changed it to an opinion in writing', consult_cancel: 'cancelled the request', consult_assign: 'assigned experts', consult_accept: 'accepted', consult_hand_back: 'handed it back',
  consult_ask: 'asked for:', consult_supply: 'answered what was asked', consult_start: 'started the session', consult_suspend: 'suspended the session', consult_resume: 'resumed the session', consult_no_show: 'recorded a no-show', consult_conclude: 'ended the discussion',
  consult_answer: 'answered the opinion', consult_follow_up: 'recorded the follow-up', consult_close: 'closed the case', consult_show: 'looked at the case', consult_inbox: 'looked at the inbox', consult_access: 'looked at the list of readers',
  message_send: 'sent a message', opinion_sign: 'signed the opinion', opinion_show: 'read the opinion', opinion_deliver: 'received the opinion', opinion_pdf: 'downloaded the opinion as PDF', opinion_evidence: 'downloaded the evidence of the signature', opinion_amend: 'amended the opinion',
  attachment_put: 'uploaded files', attachment_confirm: 'confirmed whose files they are', attachment_drop: 'withdrew files', attachment_open: 'opened a paper', attachment_list: 'looked at the attachments', room_enter: 'entered the room', room_leave: 'left the room', room_close: 'the room closed',
  patient_create: 'registered the patient', patient_show: 'looked at the patient', patient_find: 'searched for patients', consent_add: 'added the consent', dicomweb_frame: 'looked at images', dicomweb_study: 'looked at images', dicomweb_studies: 'looked at the list of images', dicomweb_metadata: 'looked at images', dicomweb_instance: 'downloaded images',
  schedule_book: 'scheduled the session',
};
