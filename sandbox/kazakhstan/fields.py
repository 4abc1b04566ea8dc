"""Which fields each REST answer carries, in the portal's order."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CONTRACT_ALL = _names(
    """
    id parent_id root_id trd_buy_id trd_buy_number_anno trd_buy_name_ru trd_buy_name_kz
    ref_amendm_agreem_justif_id ref_contract_status_id deleted crdate last_update_date supplier_id
    supplier_biin supplier_bik supplier_iik supplier_bank_name_kz supplier_bank_name_ru supplier_legal_address
    supplier_bill_id contract_number sign_reason_doc_name sign_reason_doc_date trd_buy_itogi_date_public
    customer_id customer_bin customer_bik customer_iik customer_bank_name_kz customer_bank_name_ru
    customer_legal_address customer_bill_id contract_number_sys payments_terms_ru payments_terms_kz
    ref_subject_type_id ref_subject_types_id is_gu fin_year ref_contract_agr_form_id ref_contract_year_type_id
    ref_finsource_id ref_currency_code exchange_rate contract_sum contract_sum_wnds sign_date ec_end_date
    plan_exec_date fakt_exec_date fakt_sum fakt_sum_wnds contract_end_date ref_contract_cancel_id
    ref_contract_type_id description_kz description_ru fakt_trade_methods_id ec_customer_approve
    ec_supplier_approve contract_ms treasure_req_num treasure_req_date treasure_not_num treasure_not_date
    system_id index_date
    """
)
"""The 67 fields of `/v3/contract/all`."""

CONTRACT_NOW = _names(
    """
    report_status report_created_at report_sign_at enforcement
    """
)
"""What single contracts carry besides, since 2026."""

CONTRACT_SHORT = _names(
    """
    id contract_number contract_number_sys trd_buy_id trd_buy_number_anno ref_contract_type_id
    ref_contract_status_id crdate contract_sum contract_sum_wnds supplier_id supplier_biin customer_id
    customer_bin index_date system_id
    """
)
"""A contract in lists."""

UNIT = _names(
    """
    id lot_id pln_point_id item_price item_price_wnds quantity total_sum total_sum_wnds fact_sum fact_sum_wnds
    ks_proc ks_sum deleted trd_buy_id contract_registry_id crdate exec_fakt_date exec_plan_date executed
    parent_id root_id ref_amendm_agreem_justif_id system_id index_date spec
    """
)
"""An item of a contract."""

PLAN_ALL = _names(
    """
    id rootrecord_id sys_subjects_id subject_biin subject_name_ru subject_name_kz name_ru name_kz
    ref_trade_methods_id ref_units_code count price amount ref_months_id ref_pln_point_status_id
    pln_point_year ref_subject_type_id ref_enstru_code ref_finsource_id ref_abp_code is_qvazi date_create
    timestamp ref_point_type_id desc_ru desc_kz extra_desc_kz extra_desc_ru sum_1 sum_2 sum_3 supply_date_ru
    prepayment ref_justification_id ref_amendment_agreem_type_id ref_amendm_agreem_justif_id
    contract_prev_point_id disable_person_id transfer_sys_subjects_id transfer_type ref_budget_type_id
    createdin_act_id is_active active_act_id system_id index_date plan_act_id plan_act_number
    ref_plan_status_id plan_fin_year plan_preliminary date_approved
    """
)
"""The 52 fields of `/v3/plans/all`."""

KATO = _names(
    """
    id pln_points_id ref_kato_code ref_countries_code full_delivery_place_name_ru full_delivery_place_name_kz
    count system_id index_date
    """
)
"""A place of delivery in lists."""

KATO_VIEW = _names(
    """
    id pln_points_id ref_kato_code ref_countries_code kato_full_name_ru kato_full_name_kz
    full_delivery_place_name_ru full_delivery_place_name_kz count
    """
)
"""A place of delivery in `/v3/plans/view`."""

SPEC = _names(
    """
    id pln_points_id ref_ekrb_id count price ref_fkrb_subprogram_id ref_fkrb_id amount ref_fkrb_program_id
    system_id index_date
    """
)
"""A budget line in lists."""

PLAN_DELETED = _names(
    """
    id rootrecord_id is_deleted index_date
    """
)
"""A plan point that was taken off."""

BUY_ALL = _names(
    """
    id number_anno name_ru name_kz total_sum count_lots ref_trade_methods_id ref_subject_type_id customer_bin
    customer_pid customer_name_ru customer_name_kz org_bin org_pid org_name_ru org_name_kz ref_buy_status_id
    start_date repeat_start_date repeat_end_date end_date publish_date itogi_date_public ref_type_trade_id
    disable_person_id discus_start_date discus_end_date id_supplier biin_supplier parent_id singl_org_sign
    is_light_industry is_construction_work system_id index_date
    """
)
"""The 35 fields of `/v3/trd-buy/all`."""

BUY_SHORT = _names(
    """
    id number_anno name_ru name_kz org_bin ref_trade_methods_id publish_date start_date end_date total_sum
    ref_buy_status_id index_date system_id
    """
)
"""The 13 fields of `/v3/trd-buy`."""

LOT = _names(
    """
    id lot_number ref_lot_status_id last_update_date union_lots count amount name_ru name_kz description_ru
    description_kz customer_id customer_bin customer_name_ru customer_name_kz trd_buy_number_anno trd_buy_id
    dumping dumping_lot_price psd_sign consulting_services point_list singl_org_sign is_light_industry
    is_construction_work disable_person_id ref_trade_methods_id system_id index_date
    """
)
"""A lot."""

APP = _names(
    """
    id buy_id supplier_id cr_fio mod_fio supplier_bin_iin prot_id prot_number date_apply app_lots
    """
)
"""A bid."""

APP_LOT = _names(
    """
    id app_id lot_id point_list status_id price amount discount_value discount_price offers
    """
)
"""A bid on one lot."""

ACT = _names(
    """
    id akt_date number_act approve_date create_date_act contract_root_id contract_id status_id is_deleted
    day_overdue sum_avans sum_beginning sum_fine sum_previously sum_transfer create_date_gen_info
    status_name_ru status_name_kz supplier_id customer_id is_gu type_act ref_subject_type_id parent_id
    system_id index_date
    """
)
"""An act of acceptance."""

PAY = _names(
    """
    id nom_za contract_id dt_reg nom_uved supplier rnn_supplier bik_supplier iik_supplier code_supplier
    nom_dog dt_dog item_description unit_price quantity nom_dop dt_dop type_bujet budget_name_ru
    budget_name_kz kato func espk gu fin_source po_header_id last_update_date vendor_id pdi_update_date
    prepay_sum str_prepay_sum check_id invoice_id pay_description invnum pay_amount check_number pay_date
    code_combination_id ppn accounting_date system_id index_date
    """
)
"""A payment through the treasury."""

PAUSE = _names(
    """
    id status date_create date_pause decide_number decide_date decide_doc_kz decide_doc_ru status_name_ru
    status_name_kz solution_name_ru solution_name_kz lots
    """
)
"""A suspension."""

SUBJECT_SHORT = _names(
    """
    pid bin iin parent_subject parent_name_kz parent_name_ru name_ru name_kz type_supplier system_id
    index_date
    """
)
"""A participant in lists."""

SUBJECT_ALL = _names(
    """
    pid bin iin inn unp regdate crdate index_date number_reg series name_ru name_kz full_name_ru full_name_kz
    email phone website last_update_date country_code qvazi customer organizer mark_national_company
    ref_kopf_code mark_assoc_with_disab year mark_resident system_id supplier type_supplier krp_code oked_list
    kse_code mark_world_company mark_state_monopoly mark_natural_monopoly mark_patronymic_producer
    mark_patronymic_supplyer mark_small_employer is_single_org parent_subject parent_name_kz parent_name_ru
    """
)
"""A participant in full."""

RNU_SHORT = _names(
    """
    id pid supplier_biin supplier_innunp supplier_name_ru supplier_name_kz kato_list index_date system_id
    """
)
"""An unfair supplier in lists."""
