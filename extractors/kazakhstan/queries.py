"""What is asked of the portal by GraphQL: every field that OCDS can carry, and the ids and dates that join them.

Names of signatories and users, telephones, bank accounts and tax numbers of payees are not asked for. Of the reference
objects only what all of them have is asked for, as not all have a `code`. The fields are those of the service's own
description of July 2026.
"""

_REF = "{ id nameRu nameKz }"
_FILE = "{ id filePath originalName objectId nameRu nameKz indexDate }"
# What naming a party needs. With its times, a subject that moves house would have all its processes mapped again.
SUBJECTS = "pid bin iin nameRu nameKz typeSupplier"
_SUBJECT = f"{{ {SUBJECTS} }}"

TRD_BUY = f"""
id numberAnno nameRu nameKz totalSum countLots refTradeMethodsId refSubjectTypeId
customerBin customerPid customerNameRu customerNameKz orgBin orgPid orgNameRu orgNameKz
refBuyStatusId startDate endDate repeatStartDate repeatEndDate publishDate itogiDatePublic refTypeTradeId
disablePersonId discusStartDate discusEndDate idSupplier biinSupplier parentId singlOrgSign isLightIndustry
isConstructionWork refSpecPurchaseTypeId lastUpdateDate finYear kato systemId indexDate
Files {_FILE}
Cancel {{
  id numberDecision dateDecision nameAuthority dateCreate trdBuyId actTypeNameRu actTypeNameKz
  typeActionsNameRu typeActionsNameKz typeActionsCode systemId indexDate
}}
Pause {{
  id status dateCreate datePause decideNumber decideDate decideDocRu decideDocKz statusNameRu statusNameKz
  solutionNameRu solutionNameKz lots {{ id }} systemId indexDate
}}
RefBuyStatus {_REF} RefTradeMethods {_REF} RefSubjectType {_REF} RefTypeTrade {_REF}
"""

LOTS = f"""
id lotNumber refLotStatusId lastUpdateDate unionLots count amount nameRu nameKz descriptionRu descriptionKz
customerId customerBin customerNameRu customerNameKz trdBuyNumberAnno trdBuyId dumping refTradeMethodsId
refBuyTradeMethodsId psdSign consultingServices pointList enstruList plnPointKatoList singlOrgSign isLightIndustry
isConstructionWork disablePersonId isDeleted systemId indexDate
Files {_FILE}
RefLotsStatus {_REF} RefTradeMethods {_REF} RefBuyTradeMethods {_REF}
"""

CONTRACT = f"""
id parentId rootId trdBuyId trdBuyNumberAnno trdBuyNameRu trdBuyNameKz refAmendmAgreemJustifId refContractStatusId
deleted crdate lastUpdateDate supplierId supplierBiin supplierLegalAddress contractNumber signReasonDocName
signReasonDocDate trdBuyItogiDatePublic customerId customerBin customerLegalAddress contractNumberSys
paymentsTermsRu paymentsTermsKz refSubjectTypeId refSubjectTypesId isGu finYear refContractAgrFormId
refContractYearTypeId refFinsourceId refCurrencyCode exchangeRate contractSum contractSumWnds signDate ecEndDate
planExecDate faktExecDate faktSum faktSumWnds contractEndDate refContractCancelId refContractTypeId
descriptionRu descriptionKz faktTradeMethodsId ecCustomerApprove ecSupplierApprove contractMs treasureReqNum
treasureReqDate treasureNotNum treasureNotDate withNds reportStatus reportCreatedAt reportSignAt enforcement
systemId indexDate
ContractUnits {{
  id lotId plnPointId itemPrice itemPriceWnds quantity totalSum totalSumWnds contractSum contractSumWnds factSum
  factSumWnds ksProc ksSum deleted trdBuyId contractRegistryId crdate execFaktDate execPlanDate executed parentId
  rootId refContractStatusId crDeleted refAmendmAgreemJustifId systemId indexDate refEnstruCode
}}
Acts {{
  id aktDate numberAct approveDate revokeDate createDateAct contractRootId contractId statusId isDeleted dayOverdue
  sumAvans sumBeginning sumFine sumPreviously createDateGenInfo statusNameRu statusNameKz supplierId customerId isGu
  typeAct refSubjectTypeId parentId allDone systemId indexDate
}}
TreasuryPay {{
  id nomZa contractId dtReg nomUved nomDog dtDog nomDop dtDop quantity unitPrice typeBujet budgetNameRu budgetNameKz
  kato func espk gu finSource poHeaderId lastUpdateDate pdiUpdateDate prepaySum strPrepaySum checkId invoiceId invnum
  payAmount checkNumber payDate accountingDate systemId indexDate
}}
Supplier {_SUBJECT}
Customer {_SUBJECT}
File {_FILE}
RefContractStatus {_REF} RefContractType {_REF} RefContractYearType {_REF} RefContractAgrForm {_REF}
RefContractCancel {_REF} RefSubjectType {_REF} RefFinsource {_REF} RefAmendmAgreemJustif {_REF} FaktTradeMethods {_REF}
"""

TRD_APP = f"""
id buyId supplierId supplierBinIin protId protNumber dateApply systemId indexDate
AppLots {{
  id appId lotId pointList statusId price amount discountValue discountPrice systemId indexDate
  Offers {{ id pointId lotId appLotId price amount }}
  RefAppStatus {_REF}
}}
Supplier {_SUBJECT}
"""

PLANS = f"""
id rootrecordId sysSubjectsId sysOrganizatorId subjectBiin subjectNameRu subjectNameKz nameRu nameKz refTradeMethodsId
refUnitsCode codeGu count price amount refMonthsId refPlnPointStatusId plnPointYear refSubjectTypeId refEnstruCode
refFinsourceId refAbpCode isQvazi dateCreate timestamp refPointTypeId descRu descKz extraDescRu extraDescKz
sum1 sum2 sum3 supplyDateRu prepayment refJustificationId refAmendmentAgreemTypeId refAmendmAgreemJustifId
contractPrevPointId disablePersonId transferSysSubjectsId transferType refBudgetTypeId createdinActId isActive
activeActId isDeleted systemId indexDate
PlanActs {{
  id planActNumber refPlanStatusId planFinYear planPreliminary dateApproved isActive isDeleted systemId indexDate
}}
PlansKato {{
  id plnPointsId refKatoCode refCountriesCode fullDeliveryPlaceNameRu fullDeliveryPlaceNameKz count isActive isDeleted
  systemId indexDate
}}
PlansSpec {{
  id plnPointsId refEkrbId ekrbCode ekrbNameRu ekrbNameKz count price amount
  refFkrbSubprogramId fkrbSubprogramCode fkrbSubprogramNameRu fkrbSubprogramNameKz refFkrbId abpCode abpNameRu abpNameKz
  refFkrbProgramId fkrbProgramCode fkrbProgramNameRu fkrbProgramNameKz isActive isDeleted systemId indexDate
}}
RefUnits {{ nameRu nameKz code code2 alphaCode }}
RefEnstru {{ id nameRu nameKz code descRu descKz mkei edizm }}
RefTradeMethods {_REF} RefSubjectType {_REF} RefMonths {_REF} RefPlnPointStatus {_REF} RefFinsource {_REF} RefAbp {_REF}
RefPointType {_REF} RefJustification {_REF} RefAmendmentAgreemType {_REF} RefAmendmAgreemJustif {_REF}
RefBudgetType {_REF}
"""

_ROOTS = {
    "Subjects": ("SubjectFiltersInput", SUBJECTS),
    "TrdBuy": ("TrdBuyFiltersInput", TRD_BUY),
    "Lots": ("LotsFiltersInput", LOTS),
    "Contract": ("ContractFiltersInput", CONTRACT),
    "TrdApp": ("TrdAppFiltersInput", TRD_APP),
    "Plans": ("PlansFiltersInput", PLANS),
}


def query(root: str) -> str:
    """Give the GraphQL document that lists a root's objects, with variables `limit`, `after` and `filter`."""
    filters, fields = _ROOTS[root]
    names = " ".join(fields.split())
    return (
        f"query {root}List($limit: Int, $after: Int, $filter: {filters}) "
        f"{{ {root}(limit: $limit, after: $after, filter: $filter) {{ {names} }} }}"
    )
