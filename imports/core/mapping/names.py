"""Under which names identity systems keep each field, and what its values have to look like."""

from __future__ import annotations

# Numbers that an organisation gives its people: a subject id where the system itself has none.
PERSONAL_NUMBER = (
    "employeeid employeeno employeenr employeenumber personnelid personnelno personnelnumber "
    "staffid staffno staffnumber workerid memberid memberno membernumber customerid customerno "
    "customernumber personid studentid studentnumber kundenid kundennr kundennummer mitarbeiterid "
    "mitarbeiternr mitarbeiternummer personalid personalnr personalnummer persnr mitgliedsid "
    "mitgliedsnr mitgliedsnummer matrikelnr matrikelnummer matricule"
)
PERSONAL_NUMBERS = frozenset(PERSONAL_NUMBER.split())
# Other names under which identity systems keep a field, without case and punctuation.
SYNONYMS = {
    "subject_id": "id sub subject subjectid userid uid guid uuid objectid externalid internalid "
    "useruuid userguid accountid benutzerid objectguid",
    "profile.username": "username login loginid loginname userlogin logonname accountname nickname "
    "preferredusername samaccountname userprincipalname upn benutzername anmeldename identifiant "
    "usuario utente gebruikersnaam",
    "profile.email": "email mail emailaddress primaryemail useremail workemail emailid "
    "primaryemailaddress emailadresse courriel correo correoelectronico",
    "profile.email_verified": "emailverified emailverification emailconfirmed isemailverified "
    "verifiedemail mailverified verified isverified confirmed",
    "profile.phone": "phone phonenumber mobile mobilephone mobilenumber cellphone cell telephone "
    "tel primaryphone msisdn telephonenumber primaryphonenumber telefon telefonnummer handynummer "
    "mobilnummer mobiltelefon telefono telefoon",
    "profile.phone_verified": "phoneverified phoneverification phonenumberverified phoneconfirmed "
    "phonenumberconfirmed mobileverified",
    "profile.given_name": "givenname firstname first forename fname vorname prenom prénom nombre "
    "voornaam",
    "profile.family_name": "familyname lastname last surname sn lname secondname nachname "
    "nomdefamille apellido apellidos cognome achternaam",
    "profile.display_name": "displayname name fullname realname commonname cn",
    "profile.locale": "locale language lang preferredlanguage culture",
    "profile.zoneinfo": "zoneinfo timezone tz ianatimezone",
    "profile.picture": "picture avatar photo photourl image imageurl avatarurl pictureurl",
    "profile.created_at": "createdat created createdon createdate creationdate createdtime "
    "datejoined registered registeredat signupdate registrationdate createddatetime "
    "joined joinedat joindate datecreated whencreated erstelltam angelegtam registriertam",
    "profile.last_login": "lastlogin lastloginat lastsignin lastsignedin lastsigninat lastlogon "
    "lastseen lastlogindate lastlogintime lastlogontimestamp lastlogondate lastaccess "
    "letzteanmeldung letzterlogin zuletztangemeldet dernièreconnexion",
    "profile.updated_at": "updatedat updated updatedon lastupdated lastupdatedat dateupdated "
    "modifiedat modified modifiedon lastmodified lastmodifiedat datemodified whenchanged changedat "
    "updateddatetime lastmodifieddatetime",
    "profile.emails": "emails othermails secondaryemail secondemail alternateemail",
    "authenticators.password.hash": "passwordhash passwordhashed hashedpassword passhash pwhash "
    "encryptedpassword passworddigest passwordencrypted userpass hash",
    "authenticators.password.format": "passwordformat hashformat passwordhasher passwordhashtype "
    "passwordalgorithm hashalgorithm hashingmethod hashingalgorithm",
    "authenticators.password.plaintext": "password plaintextpassword clearpassword "
    "initialpassword temporarypassword pwd passwd passwort kennwort motdepasse contraseña",
    "authenticators.password.expires_at": "passwordexpiresat passwordexpires passwordexpiry "
    "passwordexpirydate",
    "authenticators.password.must_change": "mustchangepassword passwordmustchange "
    "forcepasswordchange passwordchangerequired forcechangepassword passwordexpired "
    "ispasswordexpired pwdexpired passwordresetrequired passwordneedsreset "
    "changepasswordatnextsignin changepasswordatnextlogin changepasswordatlogon",
    "authenticators.totp.secret": "totpsecret totp otpsecret otpkey authenticatorkey mfasecret "
    "twofactorsecret totpkey",
    "authenticators.recovery_codes": "recoverycodes backupcodes scratchcodes",
    "memberships.groups": "groups group groupnames memberof",
    "memberships.roles": "roles role rolenames userroles",
}
# Columns of both names, such as “Name, Vorname”.
BOTH_NAMES = (
    "namevorname nachnamevorname vornamename vornamenachname lastnamefirstname surnamefirstname "
    "surnamegivenname firstnamelastname namefirstname"
)
JOINT_NAMES = frozenset(BOTH_NAMES.split())
NAMES = {name: target for target, names in SYNONYMS.items() for name in names.split()}
NAMES |= dict.fromkeys(JOINT_NAMES, "profile.display_name")
# When something was verified; filled means that it was.
NAMES |= {
    f"{name}{end}": target
    for target in ("profile.email_verified", "profile.phone_verified")
    for name in SYNONYMS[target].split()
    for end in ("at", "on", "date", "time", "since")
}
NAMES |= {"verificationdate": "profile.email_verified", "dateverified": "profile.email_verified"}
# The same name for a date, where it is one of these fields for what it usually holds.
DATE_NAMES = {"passwordexpired": "authenticators.password.expires_at"}
NAMES |= dict.fromkeys(PERSONAL_NUMBERS, "subject_id")
# What the values of a target field have to look like for its name to be believed.
TEXT = frozenset({"", "boolean", "number", "phone"})  # a word of one letter, a number as a name
EXPECTED_SHAPES = {
    "subject_id": {"", "number", "uuid", "email", "boolean", "phone", "hash", "url"},
    "profile.username": {"", "number", "uuid", "email", "boolean", "phone"},
    "profile.display_name": {*TEXT, "email"},
    "profile.locale": {""},
    "profile.zoneinfo": {""},
    "profile.picture": {"", "url"},
    "profile.emails": {"", "email"},
    "authenticators.password.format": {"", "number"},
    "authenticators.password.expires_at": {"date", "number"},
    "authenticators.recovery_codes": {"", "number", "hash"},
    "memberships.groups": {*TEXT, "uuid", "hash"},
    "memberships.roles": {*TEXT, "uuid", "hash"},
    "profile.email": {"email"},
    "profile.phone": {"phone", "number"},
    "profile.given_name": {"", "boolean"},  # some have but the initial
    "profile.family_name": {"", "boolean"},
    "profile.email_verified": {"boolean", "date"},
    "profile.phone_verified": {"boolean", "date"},
    "authenticators.password.must_change": {"boolean"},
    "authenticators.totp.secret": {"", "hash"},
    "authenticators.password.hash": {"", "hash"},
    "authenticators.password.plaintext": {"", "number"},
    "profile.created_at": {"date", "number"},
    "profile.last_login": {"date", "number"},
    "profile.updated_at": {"date", "number"},
}
# Fields whose name may be a part of a longer one, if the values do not speak against it.
PARTIAL_TARGETS = frozenset(
    {
        "profile.email",
        "profile.email_verified",
        "profile.phone",
        "profile.given_name",
        "profile.family_name",
        "profile.display_name",
        "profile.locale",
        "profile.zoneinfo",
        "profile.created_at",
        "profile.last_login",
        "profile.updated_at",
        "authenticators.password.hash",
    }
)
# Shorter names are a part of too many words.
PARTIAL_FROM = 4

# A word that makes a column one about something else, or about somebody else.
ABOUT_ELSE = (
    "middle maiden company employer organization organisation org manager supervisor boss parent "
    "father mother spouse emergency guardian referrer referred assistant department dept division "
    "team group role floor building room site city country region state street bank school "
    "distinguished unconfirmed unverified changed change expired expires expiry id ids function "
    "algorithm algo type method token url uri link host file domain server device app product "
    "project plan brand event count hint question answer usage setting settings previous old "
    "former new requested pending bounced invalid optout consent reset recovery backup "
    "notification newsletter fax pager by"
)
VETOES = frozenset(ABOUT_ELSE.split())
# Dates of these are not the account's own.
OTHER_DATES = (
    "password pwd email mail phone order payment invoice subscription membership contract card mfa "
    "otp terms consent profile avatar photo picture role"
)
NOT_OF_ACCOUNT = frozenset(OTHER_DATES.split())
# Somebody else's address or number, or one that is not theirs yet, whatever it looks like.
OF_OTHERS = (
    "manager supervisor boss parent father mother spouse emergency guardian referrer referred "
    "assistant employer unconfirmed unverified requested pending previous old former bounced "
    "invalid company organization organisation support billing fax pager reset"
)
NOT_THEIRS = frozenset(OF_OTHERS.split())
# “name” is a part of nearly everything's name; it is a person's beside these words.
BESIDE_NAME = (
    "user users customer client member person people employee staff student pupil teacher patient "
    "guest contact subscriber participant attendee owner worker player volunteer donor profile "
    "full complete whole real common legal display shown preferred public the your my of and in "
    "hr ad crm kunde kunden mitarbeiter benutzer"
)
OF_A_PERSON = frozenset(BESIDE_NAME.split())
